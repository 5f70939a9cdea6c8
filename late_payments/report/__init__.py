"""Pages that people look at, from the marts of the last green build.

__main__    what is asked for, whether there is a green build, and writing the files
pages       what stands on each page: its queries, its words
queries/    each figure of a page, as SQL on the marts
tables      tables, and how a value is written
charts      charts, in one style, as SVG
templates/  the frame of a page, and its style
"""
