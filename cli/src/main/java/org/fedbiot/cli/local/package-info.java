/** A whole secured cluster on one machine, each part a process of its own: its files, and what makes it ready. */
package org.fedbiot.cli.local;
