"""Information disclosure: a page for those who run the portal, or its errors, tell too much."""
