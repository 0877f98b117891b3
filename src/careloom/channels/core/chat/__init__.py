"""The chat widget's protocol: frames, origins, and what is signed for visitors."""
