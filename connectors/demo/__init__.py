"""Two made-up clients to try Duebook with: one on Odoo, one that drops files into a folder."""

from connectors.demo.generate import create

__all__ = ["create"]
