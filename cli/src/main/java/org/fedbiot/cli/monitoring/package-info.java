/** What a process shows to machines that watch it: metrics, whether it lives, and whether it is ready. */
package org.fedbiot.cli.monitoring;
