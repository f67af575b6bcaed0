/** Text that somebody wants to use, looked at where it lies. */
package org.fedbiot.cli.data;
