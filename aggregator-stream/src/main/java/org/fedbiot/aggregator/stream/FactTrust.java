package org.fedbiot.aggregator.stream;

import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * Tells Avro that our internal records are classes it may make, as {@link org.fedbiot.schemas.wire.EventTrust} does
 * for events and in the same way. It stands for no logical type.
 */
public final class FactTrust implements LogicalTypes.LogicalTypeFactory {

    private static final String FACTS = "org.fedbiot.aggregator.fact";

    /** For the service loader. */
    public FactTrust() {
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                ClassSecurityValidator.getGlobal(),
                type -> type.getPackageName().equals(FACTS)));
    }

    @Override
    public LogicalType fromSchema(Schema schema) {
        return null;
    }

    @Override
    public String getTypeName() {
        return "fedbiot-fact";
    }
}
