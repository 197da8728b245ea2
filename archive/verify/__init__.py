"""Whether the archive holds together: database, captures, uids, search index; and what of it can be mended."""

from archive.verify.problem import Problem, Progress
from archive.verify.repair import Repaired, repair
from archive.verify.sample import Reading, Reread
from archive.verify.whole import verify

__all__ = ["Problem", "Progress", "Reading", "Repaired", "Reread", "repair", "verify"]
