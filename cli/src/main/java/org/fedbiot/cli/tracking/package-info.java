/** A run's numbers for TensorBoard and MLflow, read off the log like everything that people look at. */
package org.fedbiot.cli.tracking;
