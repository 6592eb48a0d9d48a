"""The definitions that validation is measured on: small workflows that differ, and one of more than 5,000 lines."""

from pathlib import Path

# A guard on each side of an amount, a gate, time limits, titles in two languages: what a small workflow usually has.
SMALL = """\
salespm: 1
kind: workflow
id: deal_{number}
version: 1
domain: sales
title: {{zh: 商机 {number}, en: Deal {number}}}
fields:
  customer: {{type: text, title: {{zh: 客户, en: Customer}}, required: true}}
  amount: {{type: money, currency: CNY, min: 0, title: {{zh: 金额, en: Amount}}}}
  discount: {{type: percent, max: 40%, title: {{zh: 折扣, en: Discount}}}}
  close_on: {{type: date, title: {{zh: 预计签约日, en: Expected close}}}}
  lost_reason:
    type: enum
    values: {{price: 价格, timing: 时机, rival: 竞争对手}}
    title: {{zh: 输单原因, en: Reason lost}}
conditions:
  is_large: amount > {limit}
initial: lead
states:
  lead: {{title: {{zh: 线索, en: Lead}}, probability: 10%, owner_role: sales_rep, sla: {{breach: 5wd}}}}
  proposal: {{title: {{zh: 方案, en: Proposal}}, probability: 40%, owner_role: sales_rep, sla: {{breach: 10wd}}}}
  review: {{title: {{zh: 审核, en: Review}}, probability: 60%, owner_role: sales_lead}}
  won: {{title: {{zh: 赢单, en: Won}}, final: true, outcome: won}}
  lost: {{title: {{zh: 输单, en: Lost}}, final: true, outcome: lost}}
transitions:
  propose:
    title: {{zh: 提交方案, en: Propose}}
    from: lead
    to: proposal
    require: [customer, amount]
    by: [sales_rep]
  review:
    title: {{zh: 送审, en: Send for review}}
    from: proposal
    to: review
    when: is_large
    require: [discount]
    by: [sales_rep]
  sign:
    title: {{zh: 签约, en: Sign}}
    from: proposal
    to: won
    when: not(is_large)
    by: [sales_rep]
    check: {{in_time: {{that: close_on >= today(), message: {{zh: 日期已过, en: The date has passed}}}}}}
  approve: {{title: {{zh: 批准, en: Approve}}, from: review, to: won, by: [sales_lead]}}
  lose:
    title: {{zh: 输单, en: Lose}}
    from: [lead, proposal, review]
    to: lost
    require: [lost_reason]
    by: [sales_rep, sales_lead]
"""
LARGE_STAGES = 302


def write_small(folder: Path, count: int) -> Path:
    """The folder holds so many small workflows, each with an id and a limit of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        text = SMALL.format(number=number, limit=10_000 + number)
        (folder / f"deal_{number:05}.yaml").write_text(text, encoding="utf-8")
    return folder


def large() -> str:
    """A sound workflow of more than 5,000 lines: stages in a row, some of which large deals skip."""
    parts = [
        "salespm: 1\nkind: workflow\nid: large\nversion: 1\ndomain: sales\ntitle: {zh: 大流程, en: Large}\nfields:\n"
    ]
    halves = range(LARGE_STAGES // 2)
    parts += [
        f"  amount_{n}:\n    type: money\n    currency: CNY\n    min: 0\n    title: {{zh: 金额 {n}, en: Amount {n}}}\n"
        for n in halves
    ]
    parts += ["conditions:\n", *(f"  is_large_{n}: amount_{n} > {1000 + n}\n" for n in halves)]
    parts.append("initial: stage_0\nstates:\n")
    parts += [
        f"  stage_{n}:\n    title: {{zh: 阶段 {n}, en: Stage {n}}}\n    owner_role: sales_rep\n"
        "    sla:\n      warn: 3wd\n      breach: 5wd\n"
        for n in range(LARGE_STAGES)
    ]
    for outcome, title in (("won", "{zh: 赢单, en: Won}"), ("lost", "{zh: 输单, en: Lost}")):
        parts.append(f"  {outcome}:\n    title: {title}\n    final: true\n    outcome: {outcome}\n")
    parts.append("transitions:\n")
    parts += [_moves(n) for n in range(LARGE_STAGES)]
    parts.append("  lose: {title: {zh: 输单, en: Lose}, from: any, to: lost, by: [sales_rep]}\n")
    return "".join(parts)


def _moves(stage: int) -> str:
    following = f"stage_{stage + 1}" if stage + 1 < LARGE_STAGES else "won"
    further = f"stage_{stage + 2}" if stage + 2 < LARGE_STAGES else "won"
    text = (
        f"  advance_{stage}:\n    title: {{zh: 推进 {stage}, en: Advance {stage}}}\n    from: stage_{stage}\n"
        f"    to: {following}\n    require: [amount_{stage // 2}]\n    by: [sales_rep]\n"
    )
    if stage % 2:
        return text
    return text + (
        f"  skip_{stage}:\n    title: {{zh: 跳过 {stage}, en: Skip {stage}}}\n    from: stage_{stage}\n"
        f"    to: {further}\n    when: is_large_{stage // 2}\n    by: [sales_rep]\n"
    )
