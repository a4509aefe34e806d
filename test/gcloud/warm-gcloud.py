"""gcloud, loaded once: each line of the standard input is a command, done by a child that is split off.

A line is {"args": [...], "stdout": path, "stderr": path}; what answers it is {"code": exit code}.
"""

import json
import os
import sys
import traceback

root, *modules = sys.argv[1:]
sys.path[:0] = [os.path.join(root, 'lib'), os.path.join(root, 'lib', 'third_party')]

import importlib  # noqa: E402
from googlecloudsdk import gcloud_main  # noqa: E402

cli = gcloud_main.CreateCLI([])
for module in modules:
    importlib.import_module(module)


def point(path, descriptor):
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(opened, descriptor)


def execute(asked):
    point(asked['stdout'], 1)
    point(asked['stderr'], 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    try:
        cli.Execute(asked['args'])
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 70
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


known = set()


def load(args):
    """Loads a command before the child is split off, so that the next of its kind finds it loaded."""
    path = []
    for word in args:
        if word.startswith('-'):
            break
        path.append(word.replace('-', '_'))
    while path and tuple(path) not in known:
        try:
            cli._TopElement().LoadSubElementByPath(path)
        except Exception:
            path.pop()
            continue
        known.add(tuple(path))
        break


for line in sys.stdin:
    load(json.loads(line)['args'])
    child = os.fork()
    if child == 0:
        execute(json.loads(line))
    _, status = os.waitpid(child, 0)
    print(json.dumps({'code': os.waitstatus_to_exitcode(status)}), flush=True)
