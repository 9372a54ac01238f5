"""`python -m bench.floor`: what reading and writing YAML costs by itself: libyaml through PyYAML, stdin to stdout."""

import sys

import yaml

if __name__ == "__main__":
    documents = yaml.load_all(sys.stdin.buffer, Loader=yaml.CSafeLoader)
    yaml.dump_all(documents, sys.stdout, Dumper=yaml.CSafeDumper, sort_keys=False)
