"""Programs: how an answer follows from the boxes of a scene, and whether it hangs by a thread.

Below drafting, which writes questions with their programs, and screening, which looks at such answers again.
"""
