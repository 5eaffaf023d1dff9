"""Run all benchmarks, one after the other."""

from benchmarks import fanout, idle, loading, memory, nodes, settle


def main() -> None:
    for benchmark in (settle, fanout, idle, memory, nodes, loading):
        print(f"\n{benchmark.__doc__}\n", flush=True)
        benchmark.main()


if __name__ == "__main__":
    main()
