"""View models: what a page shows, in finished words. Pure: a snapshot, a moment and a language in, values out.

Templates only lay these out; they decide nothing.
"""
