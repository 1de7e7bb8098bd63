"""An admitted world and an agent."""
