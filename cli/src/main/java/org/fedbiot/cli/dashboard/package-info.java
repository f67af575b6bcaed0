/** The live page: a cluster's picture in the browser. It reads topics, and holds nothing that a restart would lose. */
package org.fedbiot.cli.dashboard;
