# The variables AL_SECRET_<type>__<instance>__<field> of the environment, as lines of name, type, instance and field. In a
# part, `_xHH` is the character with that hexadecimal code. What is no name of a file is left out.

def digit: if . >= 97 then . - 87 else . - 48 end;
def decoded: gsub("_x(?<code>[0-9a-f]{2})"; .code | explode | [(.[0] | digit) * 16 + (.[1] | digit)] | implode);

env
| keys[]
| select(test("^AL_SECRET_[A-Za-z0-9_]+$"))
| . as $name
| [ltrimstr("AL_SECRET_") | split("__")[] | decoded]
| select(length == 3 and all(.[]; test("^[A-Za-z0-9_-][A-Za-z0-9._-]*$")))
| "\($name)\t\(join("\t"))"
