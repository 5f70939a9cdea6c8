"""Run each argument as SQL on the target spark, without dbt; print the columns, types and rows of all, pickled."""

import os
import pickle
import sys
from pathlib import Path

import jinja2
import yaml
from pyspark.sql import SparkSession

profile = yaml.safe_load(jinja2.Template(Path("profiles.yml").read_text()).render(env_var=os.environ.get, flags={}))
spark = SparkSession.builder.config(
    map=profile["late_payments"]["outputs"]["spark"]["server_side_parameters"]
).getOrCreate()
answers = []
for statement in sys.argv[1:]:
    frame = spark.sql(statement)
    columns = [(field.name, field.dataType.simpleString()) for field in frame.schema.fields]
    answers.append((columns, [tuple(row) for row in frame.collect()]))
sys.stdout.buffer.write(pickle.dumps(answers))
