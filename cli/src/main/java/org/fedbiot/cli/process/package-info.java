/** The parts of the pipeline as processes of their own, which meet on topics only. */
package org.fedbiot.cli.process;
