(* Theorem 1 of Lipman et al.: the average of the conditional fields under the posterior generates
   the marginal path. Finite mixtures in R^d; the index k may stand for a data point, a mixture
   component, or a pair (x0, x1) of any coupling. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation Gaussian ContinuityEquation.
Open Scope R_scope.

Section Mixture.
Variables (d n : nat) (q : nat -> R).
Variable p : nat -> R -> vec -> R.          (* p k t x      = p_t(x | x1_k) *)
Variable w : nat -> R -> vec -> vec.        (* w k t x      = u_t(x | x1_k) *)

Definition marginal_density (s : R) (y : vec) : R := sumn n (fun k => q k * p k s y).
Definition marginal_velocity (s : R) (y : vec) : vec :=
  fun i => sumn n (fun k => w k s y i * (q k * p k s y)) / marginal_density s y.

Variables (t : R) (x : vec).
Hypothesis cond : forall k, (k < n)%nat -> continuity d (p k) (w k) t x.
Hypothesis pos : forall i, (i < d)%nat ->
  locally (x i) (fun y => marginal_density t (upd x i y) <> 0).

(* Lipman et al., Theorem 1 (equations 6 and 8): u_t(x) = sum_k u_t(x|k) q_k p_t(x|k)/p_t(x) generates
   p_t(x) = sum_k q_k p_t(x|k), whatever the conditional densities and fields, where p_t is not 0. *)
Theorem marginal_velocity_generates : continuity d marginal_density marginal_velocity t x.
Proof.
  set (dp := fun k => Derive (fun s => p k s x) t).
  set (df := fun k i => Derive (fun y => p k t (upd x i y) * w k t (upd x i y) i) (x i)).
  exists (sumn n (fun k => q k * dp k)).
  exists (fun i => sumn n (fun k => q k * df k i)).
  refine (conj _ (conj _ _)).
  - apply (is_derive_sumn n (fun k s => q k * p k s x)); intros k Hk.
    apply is_derive_scal, Derive_correct.
    now apply (continuity_Derive d (p k) (w k) t x (cond k Hk)).
  - intros i Hi.
    apply is_derive_ext_loc with
      (f := fun y => sumn n (fun k => q k * (p k t (upd x i y) * w k t (upd x i y) i))).
    + generalize (pos i Hi). apply filter_imp; intros y Hy.
      unfold marginal_velocity. set (P := marginal_density t (upd x i y)) in *.
      replace (P * (_ / P)) with (sumn n (fun k => w k t (upd x i y) i * (q k * p k t (upd x i y))))
        by now field.
      apply sumn_ext; intros k Hk. simpl; ring.
    + apply (is_derive_sumn n (fun k y => q k * (p k t (upd x i y) * w k t (upd x i y) i))).
      intros k Hk. apply is_derive_scal, Derive_correct.
      destruct (continuity_Derive d (p k) (w k) t x (cond k Hk)) as (_ & H & _).
      now apply H.
  - rewrite sumn_swap, <- sumn_plus, <- (sumn_zero n).
    apply sumn_ext; intros k Hk.
    destruct (continuity_Derive d (p k) (w k) t x (cond k Hk)) as (_ & _ & H).
    rewrite sumn_scal. unfold dp, df. rewrite <- Rmult_plus_distr_l, H. ring.
Qed.
End Mixture.

(* Gaussian mixtures: p > 0 everywhere, so Theorem 1 holds at every (t,x) *)
Theorem gaussian_mixture_velocity_generates d n (q : nat -> R) (mu sigma dmu dsigma : nat -> nat -> R -> R) (t : R) (x : vec) :
  (forall k, (k < n)%nat -> 0 <= q k) ->
  (exists k, (k < n)%nat /\ 0 < q k) ->
  (forall k i, (k < n)%nat -> (i < d)%nat -> is_derive (mu k i) t (dmu k i t)) ->
  (forall k i, (k < n)%nat -> (i < d)%nat -> is_derive (sigma k i) t (dsigma k i t)) ->
  (forall k i, (k < n)%nat -> (i < d)%nat -> 0 < sigma k i t) ->
  let p k s y := gauss_vec d (fun i => mu k i s) (fun i => sigma k i s) y in
  let w k s y i := dsigma k i s / sigma k i s * (y i - mu k i s) + dmu k i s in
  continuity d (marginal_density n q p) (marginal_velocity n q p w) t x.
Proof.
  intros Hq (k0 & Hk0 & Hq0) Hm Hs H0 p w.
  apply marginal_velocity_generates.
  - intros k Hk. apply (conditional_path_continuity d (mu k) (sigma k) (dmu k) (dsigma k)); auto.
  - intros i Hi. apply filter_forall; intros y. apply Rgt_not_eq.
    unfold marginal_density. apply (sumn_pos n _ k0); [|easy|].
    + intros k Hk. apply Rmult_le_pos; [auto|]. apply Rlt_le, gauss_vec_pos; auto.
    + apply Rmult_lt_0_compat; [auto|]. apply gauss_vec_pos; auto.
Qed.
