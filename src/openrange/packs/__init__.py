"""The packs that come with OpenRange."""
