package org.fedbiot.cli.access;

/** Whom an output is for. */
enum OutputFormat {
    TEXT,
    JSON
}
