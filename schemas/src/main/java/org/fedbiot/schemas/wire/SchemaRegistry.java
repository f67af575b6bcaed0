package org.fedbiot.schemas.wire;

import java.util.Optional;
import org.apache.avro.Schema;

/** Where schemas get the ids that stand in every record. Implementations are safe for use by several threads. */
public interface SchemaRegistry {

    /**
     * Id of the schema under a subject, registering it if it is not there yet.
     *
     * @throws RegistryException if the registry refuses it (an incompatible change) or cannot be reached
     */
    int register(String subject, Schema schema);

    /**
     * Id of a schema that somebody else registered.
     *
     * @throws RegistryException if it is not registered under the subject, or the registry cannot be reached
     */
    int lookUp(String subject, Schema schema);

    /**
     * The schema that a record was written with.
     *
     * @throws RegistryException if there is no such id, or the registry cannot be reached
     */
    Schema byId(int id);

    /** Asks once whether it can be worked with now: empty if so, else why not, in one line without credentials. */
    default Optional<String> unavailability() {
        return Optional.empty();
    }
}
