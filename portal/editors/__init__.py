"""Editors: the page that tells them what readers look for, miss and find unhelpful."""
