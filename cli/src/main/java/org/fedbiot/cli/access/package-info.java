/** Commands on who may do what on a cluster: access rules, users, certificates. */
package org.fedbiot.cli.access;
