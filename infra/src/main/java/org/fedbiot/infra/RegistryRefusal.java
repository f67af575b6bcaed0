package org.fedbiot.infra;

/** A request that the registry answers with an error, numbered as Confluent numbers them. */
final class RegistryRefusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int httpStatus;
    private final int errorCode;

    private RegistryRefusal(int httpStatus, int errorCode, String message) {
        super(message);
        this.httpStatus = httpStatus;
        this.errorCode = errorCode;
    }

    int httpStatus() {
        return httpStatus;
    }

    int errorCode() {
        return errorCode;
    }

    static RegistryRefusal unauthorized() {
        return new RegistryRefusal(401, 401, "only an operator may change what this registry holds: name user and"
                + " password with basic.auth.user.info");
    }

    static RegistryRefusal noSubject(String subject) {
        return new RegistryRefusal(404, 40401, "Subject '" + subject + "' not found.");
    }

    static RegistryRefusal noVersion(String subject, int version) {
        return new RegistryRefusal(404, 40402, "Version " + version + " of subject '" + subject + "' not found.");
    }

    static RegistryRefusal noSchema(String what) {
        return new RegistryRefusal(404, 40403, "Schema not found: " + what);
    }

    static RegistryRefusal noLevel(String subject) {
        return new RegistryRefusal(404, 40408, "Subject '" + subject
                + "' does not have subject-level compatibility configured");
    }

    static RegistryRefusal noPath(String method, String path) {
        return new RegistryRefusal(404, 404, "HTTP 404: this registry has no " + method + " " + path);
    }

    static RegistryRefusal incompatible(String subject, CompatibilityLevel level, String why) {
        return new RegistryRefusal(409, 409, "Schema being registered is incompatible with an earlier schema for"
                + " subject \"" + subject + "\" under " + level + ": " + why);
    }

    static RegistryRefusal tooLarge(int maxBytes) {
        return new RegistryRefusal(413, 413, "request body is larger than " + maxBytes + " bytes");
    }

    static RegistryRefusal invalidSchema(String why) {
        return new RegistryRefusal(422, 42201, "Invalid schema: " + why);
    }

    static RegistryRefusal invalidVersion(String version) {
        return new RegistryRefusal(422, 42202, "The specified version '" + version
                + "' is not a valid version id: a number from 1, or latest");
    }

    static RegistryRefusal invalidLevel(String level) {
        return new RegistryRefusal(422, 42203, "Invalid compatibility level: " + level);
    }

    static RegistryRefusal notJson(String why) {
        return new RegistryRefusal(400, 400, "request body is no JSON object: " + why);
    }

    static RegistryRefusal storeFailed(String why) {
        return new RegistryRefusal(500, 50001, "Error in the backend data store: " + why);
    }
}
