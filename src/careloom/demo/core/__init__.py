"""Who writes when about what, and how a simulated agent answers: values in, values out."""
