"""Reads [{"api": ..., "version": ..., "message": ..., "json": ...}] from the standard input and prints the paths of all fields and
values in them that gcloud's own client of that API does not know."""

import importlib
import json
import os
import sys

root = sys.argv[1]
sys.path[:0] = [os.path.join(root, 'lib'), os.path.join(root, 'lib', 'third_party')]

from apitools.base.py import encoding  # noqa: E402

unknown = []
for at, asked in enumerate(json.load(sys.stdin)):
    api, version = asked['api'], asked['version']
    messages = importlib.import_module(
        f'googlecloudsdk.generated_clients.apis.{api}.{version}.{api}_{version}_messages'
    )
    message = encoding.PyValueToMessage(getattr(messages, asked['message']), asked['json'])
    for edges, fields in encoding.UnrecognizedFieldIter(message):
        path = '.'.join(str(edge.field) for edge in edges)
        unknown.append(f"{at} {asked['message']} {path}: {', '.join(map(str, fields))}")
print(json.dumps(unknown))
