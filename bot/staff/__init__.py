"""The province's staff (cán bộ) who answer citizens: accounts, signing in, and what they did."""
