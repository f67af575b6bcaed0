/** How commands speak: results on standard output, progress on standard error. */
package org.fedbiot.cli.output;
