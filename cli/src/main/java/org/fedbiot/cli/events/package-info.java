/** The topics themselves, decoded. */
package org.fedbiot.cli.events;
