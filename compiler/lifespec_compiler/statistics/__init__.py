"""Closed forms that decisions and rules rest on: values in, values out, nothing but `math`."""
