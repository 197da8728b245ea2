"""Sample portals: invented places, real peculiarities, a small HTTP server for demo, tests, benchmarks.

``server.SampleServer`` serves them, one port a portal; ``portal_files.write_portal_files`` writes their portal files;
``expected`` says what an archive must hold of them. ``load.LoadSite`` is a portal of any size, ``traps.TrapSite`` one
on which a careless crawler comes to harm. A portal is a folder of ``data/`` (site, documents, quirks, texts, portal
file) and a family of ``sites/``; to add one, write the folder, name it in ``data.PORTAL_IDS``, and where its family is
new give that a module in ``sites/`` and templates.
"""
