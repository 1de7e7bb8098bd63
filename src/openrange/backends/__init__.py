"""The backends that come with OpenRange, registered like anybody else's."""
