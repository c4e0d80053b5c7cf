"""Names of the formats that the catalogue is written in."""

CSV, JSON, XLSX, PACKAGE = FORMATS = ("csv", "json", "xlsx", "package")
