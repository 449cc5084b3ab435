"""Named reports with stable columns, for people and for scripts, and safe ways to write them out."""

from duebook.reports.named import NAMES, run
from duebook.reports.report import Report

__all__ = ["NAMES", "Report", "run"]
