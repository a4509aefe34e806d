# What a session came to, as assignments of a shell: what its events said ($reported), or else what its errors say.

include "common";

($reported | (fromjson? | objects) // {usage: null, kind: "error", error: $reported, length: 0}) as $said
| ($stderr | .[-2000:]) as $errors
| (if $said.kind == "ok" and $code == 0 then {kind: "ok", error: ""}
   elif $said.kind == "ok" then {kind: ($errors | kindOf), error: $errors}
   elif $said.kind == "error" then
     {kind: ("\($said.error // "") \($errors)" | kindOf), error: ($said.error // $errors)}
   else $said end) as $verdict
| "outcome=\($verdict.kind)",
  "failure=\($verdict.error // "" | cut(1000) | @sh)",
  "output_length=\($said.length // 0)",
  "usage=\($said.usage // {} | tojson | @sh)"
