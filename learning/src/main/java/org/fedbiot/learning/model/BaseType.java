package org.fedbiot.learning.model;

/** Element type in which frozen base weights are held. */
public enum BaseType { FLOAT32, BFLOAT16 }
