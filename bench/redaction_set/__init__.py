"""A labelled set for redaction, made here: values with right check digits in sentences written by hand."""
