package org.fedbiot.schemas.wire;

import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * Tells Avro that our generated events are classes it may make. Since 1.12.2 Avro refuses every class that nobody
 * vouched for, even a generated builder's default. Avro loads providers of logical types before it parses its first
 * schema, which every generated class does when it is loaded, so this comes before any use of an event and no process
 * has to remember a system property. It stands for no logical type.
 */
public final class EventTrust implements LogicalTypes.LogicalTypeFactory {

    private static final String EVENTS = "org.fedbiot.schemas.event";

    /** For the service loader. */
    public EventTrust() {
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                ClassSecurityValidator.getGlobal(),
                type -> type.getPackageName().equals(EVENTS)));
    }

    @Override
    public LogicalType fromSchema(Schema schema) {
        return null;
    }

    @Override
    public String getTypeName() {
        return "fedbiot-event";
    }
}
