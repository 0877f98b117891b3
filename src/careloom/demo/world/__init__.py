"""The invented contact centre of the demo, as frozen data."""
