//! Paths at which products often keep what is not meant for everybody. Facts from public advisories and manuals of
//! embedded web servers; none is taken from a word list of others.

/// The paths, asked for one after the other.
pub(super) const COMMON_PATHS: [&str; 28] = [
    "/admin",
    "/api",
    "/api/config",
    "/api/status",
    "/api/users",
    "/api/v1/config",
    "/backup",
    "/backup.tar.gz",
    "/cgi-bin/",
    "/config",
    "/config.bin",
    "/config.json",
    "/config.xml",
    "/debug",
    "/debug/pprof/",
    "/.env",
    "/.git/config",
    "/info",
    "/log",
    "/logs",
    "/metrics",
    "/openapi.json",
    "/phpinfo.php",
    "/server-status",
    "/settings",
    "/status",
    "/swagger.json",
    "/system",
];
