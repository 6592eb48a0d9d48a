"""A workflow of one mistake, a target that does not exist, and the same without it."""

BROKEN = """\
salespm: 1
kind: workflow
id: deal
version: 1
domain: sales
initial: open
states: {open: {}, closed: {final: true}}
transitions: {close: {from: opn, to: closed}}
"""
SOUND = BROKEN.replace("opn", "open")
