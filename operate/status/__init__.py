"""`make status`: what runs, what does not, and why.

Owns three steps that know nothing of each other: collection (collect.py and what it calls) talks to programs and
hosts and ends in facts; evaluation (sections/) is pure, from facts to lines; rendering (render.py) is pure, from lines
to text. A layer of the appliance adds a file in sections/, and its line in sections/__init__.py.
"""
