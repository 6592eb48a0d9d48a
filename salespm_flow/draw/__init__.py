"""Pictures as text: what a definition looks like. Knows neither storage nor how a page shows them."""
