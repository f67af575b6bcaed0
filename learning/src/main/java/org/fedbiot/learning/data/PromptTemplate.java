package org.fedbiot.learning.data;

/** How a record becomes the text that a model reads. The reply follows directly, with nothing in between. */
public enum PromptTemplate {
    /** The prompt as it is; an input follows after an empty line. */
    PLAIN {
        @Override
        public String prompt(Example example) {
            return example.prompt() + example.input().map(input -> "\n\n" + input).orElse("");
        }
    },
    /** The template of Stanford Alpaca, in its two forms (fedbiot-method 3). */
    ALPACA {
        @Override
        public String prompt(Example example) {
            String head = example.input().isPresent()
                    ? "Below is an instruction that describes a task, paired with an input that provides further "
                            + "context. Write a response that appropriately completes the request."
                    : "Below is an instruction that describes a task. Write a response that appropriately completes "
                            + "the request.";
            return head + "\n\n### Instruction:\n" + example.prompt()
                    + example.input().map(input -> "\n\n### Input:\n" + input).orElse("") + "\n\n### Response:";
        }
    };

    /** The text up to where the reply starts. */
    public abstract String prompt(Example example);
}
