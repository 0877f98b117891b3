"""Pure computation of the channels: values in, values out."""
