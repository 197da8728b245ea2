"""The files that a page links to or shows.

Nothing is imported here: the body asks :mod:`pipelines.attachments.filelinks`, and
:mod:`pipelines.attachments.find` asks the body.
"""
