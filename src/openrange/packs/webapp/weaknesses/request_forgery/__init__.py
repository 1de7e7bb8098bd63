"""Server-side request forgery: the portal asks for pages that its visitors cannot reach.

The internal services are texts in a dictionary. Nothing is asked for over a network.
"""
