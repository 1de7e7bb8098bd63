"""Broken function-level authorization: nobody checks who may do it."""
