package org.fedbiot.learning.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SyntaxTest {
    private static final Map<ProgrammingLanguage, Syntax> SYNTAX = Syntax.atHand();

    @ParameterizedTest
    @ValueSource(strings = {
        "package a; import java.util.List; public class A { List<String> x; }",
        "public static int sum(int a, int b) {\n  return a + b;\n}",
        "int a = 1;\nif (a > 0) { a++; } else { a--; }\nSystem.out.println(a);",
        "import java.util.*;\n\npublic class A {\n  void f() { }\n}\n\n// Usage\nnew A().f();",
        "int f(int n) { return n; }\n\nint two = f(2);",
    })
    void shouldReadJavaInEveryFormThatAnAnswerHas(String code) {
        assertThat(SYNTAX.get(ProgrammingLanguage.JAVA).reads(code)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "The method adds two numbers.",
        "public class A { void f() { int x = ; } }",
        "public class A { void f() {",
        "class A { void f() { x = 1 } }",
        "def f(x):\n  return x",
        "function f(a) { return 1; }",
        "int a = 1;\nretrun a +;",
    })
    void shouldNotReadAsJavaWhatIsNone(String code) {
        assertThat(SYNTAX.get(ProgrammingLanguage.JAVA).reads(code)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "function f(a) { return a + 1; }\nconsole.log(f(1));",
        "const f = (a, b = 2) => `${a} and ${b}`;",
        "class A extends B { constructor() { super(); } get x() { return 1; } }",
        "import x from 'y';\nexport default x;",
        "for (const [k, v] of Object.entries(o)) { let {a} = v; }",
    })
    void shouldReadJavaScript(String code) {
        assertThat(SYNTAX.get(ProgrammingLanguage.JAVASCRIPT).reads(code)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"let x = ;", "function f( {", "This code prints one.", "print 'one' if x else 'two'"})
    void shouldNotReadAsJavaScriptWhatIsNone(String code) {
        assertThat(SYNTAX.get(ProgrammingLanguage.JAVASCRIPT).reads(code)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "{", "new int[", "f(", "!", "(function(){", "if(a)", "x=>", "`${"})
    void shouldNotBreakOnAReplyThatRepeatsItself(String piece) {
        for (int times : List.of(50, 20_000)) {
            for (Syntax language : SYNTAX.values()) {
                assertThat(language.reads("int x = " + piece.repeat(times))).as(times + " times").isFalse();
            }
        }
        assertThat(SYNTAX.get(ProgrammingLanguage.JAVA).reads("import a.B;\nclass A { }\nnew A();")).isTrue();
        assertThat(SYNTAX.get(ProgrammingLanguage.JAVASCRIPT).reads("f(1);")).isTrue();
    }

    @Test
    void shouldTakeCodeOutOfTheFirstFenceAlsoOfOneThatWasCutOff() {
        assertThat(Syntax.code("Like this:\n```java\nint a;\n```\nor\n```\nint b;\n```")).isEqualTo("int a;\n");
        assertThat(Syntax.code("```js\nlet a;")).isEqualTo("let a;");
        assertThat(Syntax.code("let a;")).isEqualTo("let a;");
    }
}
