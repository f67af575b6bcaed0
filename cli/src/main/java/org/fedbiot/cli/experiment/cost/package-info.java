/**
 * What a run costs: floating point operations and bytes by arithmetic alone, settings that make two methods cost the
 * same, and the time that a run would have taken over simulated links. No clock, no files.
 */
package org.fedbiot.cli.experiment.cost;
