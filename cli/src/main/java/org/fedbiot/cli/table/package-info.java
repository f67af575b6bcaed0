/** Tables of numbers that are written the same everywhere: as CSV, as a part of JSON, and for people. */
package org.fedbiot.cli.table;
